import './arithmetic.ts'
import './array.ts'
import './array-assign.ts'
import './array-fill.ts'
import './bit-strings.ts'
import './byte-bits.ts'
import './bytes.ts'
import './comparison.ts'
import './domains.ts'
import './enums.ts'
import './date-fields.ts'
import './date-trunc.ts'
import './datetime.ts'
import './decimal96.ts'
import './times-with-zone.ts'
import './encryption.ts'
import './float-math.ts'
import './frame-offset.ts'
import './from-template.ts'
import './gamma.ts'
import './gap-fill.ts'
import './int256.ts'
import './intervals.ts'
import './is-json.ts'
import './jsonb.ts'
import './jsonb-assign.ts'
import './jsonb-operators.ts'
import './jsonb-rows.ts'
import './jsonpath/functions.ts'
import './keywords.ts'
import './like.ts'
import './limit-value.ts'
import './make-times.ts'
import './maps.ts'
import './math.ts'
import './misc.ts'
import './network.ts'
import './number-to-char.ts'
import './own-rows.ts'
import './regex/find.ts'
import './regex/replace.ts'
import './regex/similar.ts'
import './relative-bucket.ts'
import './sent-bytes.ts'
import './sample.ts'
import './series.ts'
import './string.ts'
import './text-forms.ts'
import './text-of-any.ts'
import './to-char.ts'
import './to-jsonb.ts'
import './to-number.ts'
import './variadic.ts'
import './variants.ts'
import './vectors.ts'
import './vnode.ts'

export {
  castVariant,
  functionById,
  isFoldable,
  isFunction,
  isSessionFunction,
  isSetFunction,
  isVolatile,
  listFunctions,
  listVariants,
  namedFunction,
  resolveFunction,
  rowsOf,
} from './registry.ts'
