const list = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Values of TPC-H's text columns, as its specification lists them. */
export const regions = list('AFRICA AMERICA ASIA EUROPE MIDDLE_EAST').map(r => r.replace('_', ' '))
/** Every nation with the number of its region. */
export const nations: readonly (readonly [string, number])[] = list(
  `ALGERIA:0 ARGENTINA:1 BRAZIL:1 CANADA:1 EGYPT:4 ETHIOPIA:0 FRANCE:3 GERMANY:3 INDIA:2 INDONESIA:2 IRAN:4 IRAQ:4
   JAPAN:2 JORDAN:4 KENYA:0 MOROCCO:0 MOZAMBIQUE:0 PERU:1 CHINA:2 ROMANIA:3 SAUDI_ARABIA:4 VIETNAM:2 RUSSIA:3
   UNITED_KINGDOM:3 UNITED_STATES:1`,
).map(text => [text.split(':')[0]!.replace('_', ' '), Number(text.split(':')[1])])
export const colours = list(
  `almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood burnished chartreuse chiffon
   chocolate coral cornflower cornsilk cream cyan dark deep dim dodger drab firebrick floral forest frosted gainsboro
   ghost goldenrod green grey honeydew hot indian ivory khaki lace lavender lawn lemon light lime linen magenta maroon
   medium metallic midnight mint misty moccasin navajo navy olive orange orchid pale papaya peach peru pink plum powder
   puff purple red rose rosy royal saddle salmon sandy seashell sienna sky slate smoke snow spring steel tan thistle
   tomato turquoise violet wheat white yellow`,
)
export const types = [
  list('STANDARD SMALL MEDIUM LARGE ECONOMY PROMO'),
  list('ANODIZED BURNISHED PLATED POLISHED BRUSHED'),
  list('TIN NICKEL BRASS STEEL COPPER'),
] as const
export const containers = [list('SM LG MED JUMBO WRAP'), list('CASE BOX BAG JAR PKG PACK CAN DRUM')] as const
export const segments = list('AUTOMOBILE BUILDING FURNITURE MACHINERY HOUSEHOLD')
export const priorities = ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW']
export const instructions = ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN']
export const modes = ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB']
export const words = list(
  `the furiously carefully quickly blithely ironic final regular special express pending bold even silent unusual
   packages requests accounts deposits foxes ideas theodolites instructions dependencies excuses platelets asymptotes
   sleep wake haggle nag use boost affix detect integrate maintain among above across after against along`,
)
