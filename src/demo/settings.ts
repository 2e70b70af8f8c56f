/** pitcrew.yaml of the demo: what a small company would write. */
export function demoSettings(maestroUrl: string): string {
  return `# Written by \`pitcrew demo\` at every start.
workspace: { timeZone: Europe/Berlin }
orchestrators:
  - name: maestro
    kind: maestro
    url: ${maestroUrl}
    uiUrl: ${maestroUrl}/api/v3/workflows/{workflow}/instances/{instance}/runs/{run}
    poll:
      everySeconds: 10
      pipelines:
        - raw_orders_import
        - orders_daily
        - exchange_rates_hourly
        - events_sessionize
        - customers_snapshot
        - marketing_attribution
        - price_list_refresh
        - inventory_sync
        - finance_close
teams:
  - { name: orders, channel: "#orders-data", members: { usergroup: S0ORDERS } }
  - { name: crm, channel: "#orders-data", members: { usergroup: S0ORDERS } }
  - { name: finance, channel: "#finance-data", members: { usergroup: S0FINANCE } }
  - { name: marketing, channel: "#marketing-data", members: { usergroup: S0MARKETING } }
  - { name: web-analytics, channel: "#marketing-data", members: { usergroup: S0MARKETING } }
  - { name: supply, channel: "#data-alerts" }
defaultChannel: "#data-alerts"
platformChannel: "#data-platform"
policies:
  roles: { operator: { usergroup: S0PLATFORM } }
`;
}
