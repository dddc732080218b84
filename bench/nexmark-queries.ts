/** The Nexmark queries of the first marks, over the sources `bid`, `auction`, `person`. */
export const nexmarkQueries: Readonly<Record<string, string>> = {
  q0: 'SELECT auction, bidder, price, date_time, extra FROM bid',
  q1: 'SELECT auction, bidder, 0.908 * price AS price, date_time, extra FROM bid',
  q2: 'SELECT auction, price FROM bid WHERE mod(auction, 123) = 0',
  q3: `SELECT p.name, p.city, p.state, a.id FROM auction a JOIN person p ON a.seller = p.id
       WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')`,
  q4: `SELECT category, avg(final) AS average FROM (
         SELECT max(b.price) AS final, a.category FROM auction a, bid b
         WHERE a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires GROUP BY a.id, a.category) q
       GROUP BY category`,
  q5: `SELECT x.auction, x.num FROM (
         SELECT auction, count(*) AS num, window_start AS ws
         FROM HOP(bid, date_time, INTERVAL '2 seconds', INTERVAL '10 seconds') GROUP BY auction, window_start) x
       JOIN (SELECT max(num) AS maxn, ws FROM (
         SELECT count(*) AS num, window_start AS ws
         FROM HOP(bid, date_time, INTERVAL '2 seconds', INTERVAL '10 seconds') GROUP BY auction, window_start) c
         GROUP BY ws) m
       ON x.ws = m.ws AND x.num >= m.maxn`,
  q7: `SELECT b.auction, b.bidder, b.price, b.date_time, b.extra FROM bid b JOIN (
         SELECT max(price) AS maxprice, window_end AS we
         FROM TUMBLE(bid, date_time, INTERVAL '10 seconds') GROUP BY window_end) m
       ON b.price = m.maxprice
       WHERE b.date_time BETWEEN m.we - INTERVAL '10 seconds' AND m.we`,
  q8: `SELECT p.id, p.name, p.ws FROM (
         SELECT id, name, window_start AS ws FROM TUMBLE(person, date_time, INTERVAL '10 seconds')
         GROUP BY id, name, window_start) p
       JOIN (SELECT seller, window_start AS ws FROM TUMBLE(auction, date_time, INTERVAL '10 seconds')
         GROUP BY seller, window_start) a
       ON p.id = a.seller AND p.ws = a.ws`,
}

/** Events of one run: about ten seconds at the first marks. */
export const eventsOf: Readonly<Record<string, number>> = {
  q0: 50_000_000,
  q1: 50_000_000,
  q2: 50_000_000,
  q3: 50_000_000,
  q4: 15_000_000,
  q5: 10_000_000,
  q7: 15_000_000,
  q8: 30_000_000,
}

/** What each query must reach on two cores, events a second. */
export const marks: Readonly<Record<string, number>> = {
  q0: 5e6,
  q1: 5e6,
  q2: 5e6,
  q3: 5e6,
  q4: 1.5e6,
  q5: 1e6,
  q7: 1.5e6,
  q8: 3e6,
}

/** The three sources, `events` of all kinds together, as fast as they go; with the watermark that Flink's have. */
export function sourcesOf(events: number): readonly string[] {
  return ['bid', 'auction', 'person'].map(
    table => `CREATE SOURCE ${table} (WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds') WITH (connector = 'nexmark', nexmark.table.type = '${table}',
      nexmark.event.num = '${events}', nexmark.min.event.gap.in.ns = '0')`,
  )
}
