/** Pages of Prefect's own, for people: beside the API on a server of one's own, at an address of their own in Prefect Cloud. */
export function createLinks({ url, uiUrl }: { url: string; uiUrl?: string }) {
  const root = (uiUrl ?? pagesOf(url)).replace(/\/+$/, '');
  const page = (kind: string) => (id: string) => `${root}/${kind}/${encodeURIComponent(id)}`;
  return {
    run: page('runs/flow-run'),
    taskRun: page('runs/task-run'),
    deployment: page('deployments/deployment'),
  };
}
export type Links = ReturnType<typeof createLinks>;

function pagesOf(url: string): string {
  const [, account, workspace] =
    /^https:\/\/api\.prefect\.cloud\/api\/accounts\/([^/]+)\/workspaces\/([^/]+)/.exec(url) ?? [];
  if (account && workspace) return `https://app.prefect.cloud/account/${account}/workspace/${workspace}`;
  return url.replace(/\/api\/*$/, '');
}
