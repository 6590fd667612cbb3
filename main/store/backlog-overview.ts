/** @file Every series with its progress and its open stacks. */
import type { BacklogOverview } from '../../preload/backlog-types.ts';
import { listSeries, seriesProgress } from './backlog-series.ts';
import { stackSummaries } from './backlog-stacks.ts';
import type { StoreContext } from './context.ts';

export function backlogOverview(context: StoreContext): BacklogOverview {
  const stacks = stackSummaries(context);
  return {
    series: listSeries(context).map((series) => ({
      series,
      progress: seriesProgress(context, series),
      stacks: stacks.filter(({ seriesCode }) => seriesCode === series.code),
    })),
    templates: context.seriesTemplates,
  };
}
