import { unreachable } from '../../types/error.ts'
import type { OperatorSpec } from '../../types/job.ts'
import type { Operator, OperatorContext } from '../contract.ts'
import { aggregate } from './aggregate.ts'
import { batchAggregate } from './batch-aggregate.ts'
import { batchJoin } from './batch-join.ts'
import { batchSetOperation } from './batch-set-operation.ts'
import { batchWindow } from './batch-window.ts'
import { changelog } from './changelog.ts'
import { changes } from './changes.ts'
import { complete } from './complete.ts'
import { expiring } from './expiring.ts'
import { hop } from './hop.ts'
import { join } from './join.ts'
import { nowSeries } from './now-series.ts'
import { panes } from './panes.ts'
import { input, insertions, project, source, union, values } from './pass.ts'
import { projectSet } from './project-set.ts'
import { refresh } from './refresh.ts'
import { rowId } from './row-id.ts'
import { setOperation } from './set-operation.ts'
import { singleRow } from './single-row.ts'
import { sort } from './sort.ts'
import { temporalFilter } from './temporal-filter.ts'
import { temporalJoin } from './temporal-join.ts'
import { materialize, sink } from './terminal.ts'
import { topN } from './top-n.ts'
import { upsert } from './upsert.ts'
import { watermark } from './watermark.ts'
import { window } from './window.ts'
import { windowClose } from './window-close.ts'

export type { Terminal } from './terminal.ts'

/** The operator of a spec. */
export function createOperator(spec: OperatorSpec, context: OperatorContext): Operator {
  switch (spec.kind) {
    case 'input':
      return input.create(spec, context)
    case 'source':
      return source.create(spec, context)
    case 'values':
      return values.create(spec, context)
    case 'project':
      return project.create(spec, context)
    case 'insertions':
      return insertions.create(spec, context)
    case 'union':
      return union.create(spec, context)
    case 'aggregate':
      return (
        (context.mode === 'batch' ? batchAggregate(spec, context) : undefined) ??
        aggregate.create(spec, context)
      )
    case 'join':
      return context.mode === 'batch' ? batchJoin(spec, context) : join.create(spec, context)
    case 'temporal-join':
      return temporalJoin.create(spec, context)
    case 'top-n':
      return topN.create(spec, context)
    case 'window':
      return (
        (context.mode === 'batch' ? batchWindow(spec, context) : undefined) ?? window.create(spec, context)
      )
    case 'expiring':
      return expiring.create(spec, context)
    case 'refresh':
      return refresh.create(spec, context)
    case 'hop':
      return hop.create(spec, context)
    case 'panes':
      return panes.create(spec, context)
    case 'set-operation':
      return context.mode === 'batch' ? batchSetOperation(spec, context) : setOperation.create(spec, context)
    case 'watermark':
      return watermark.create(spec, context)
    case 'project-set':
      return projectSet.create(spec, context)
    case 'single-row':
      return singleRow.create(spec, context)
    case 'upsert':
      return upsert.create(spec, context)
    case 'complete':
      return complete.create(spec, context)
    case 'row-id':
      return rowId.create(spec, context)
    case 'materialize':
      return materialize.create(spec, context)
    case 'sink':
      return sink.create(spec, context)
    case 'window-close':
      return windowClose.create(spec, context)
    case 'temporal-filter':
      return temporalFilter.create(spec, context)
    case 'now-series':
      return nowSeries.create(spec, context)
    case 'changelog':
      return changelog.create(spec, context)
    case 'changes':
      return changes.create(spec, context)
    case 'sort':
      return sort.create(spec, context)
    default:
      return unreachable(spec)
  }
}
