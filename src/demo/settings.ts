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
        - revenue_daily
        - revenue_forecast
        - board_report
        - store_visits_daily
catalogue: [catalogue.yaml]
teams:
  - { name: orders, channel: "#orders-data", members: { usergroup: S0ORDERS } }
  - { name: crm, channel: "#orders-data", members: { usergroup: S0ORDERS } }
  - { name: finance, channel: "#finance-data", members: { usergroup: S0FINANCE } }
  - { name: marketing, channel: "#marketing-data", members: { usergroup: S0MARKETING } }
  - { name: web-analytics, channel: "#marketing-data", members: { usergroup: S0MARKETING } }
  - { name: enablement, members: { usergroup: S0PLATFORM } }
  - { name: supply, channel: "#data-alerts" }
defaultChannel: "#data-alerts"
platformChannel: "#data-platform"
support:
  channels: ["#ask-data"]
  triageChannel: "#enablement-triage"
  team: enablement
policies:
  roles: { operator: { usergroup: S0PLATFORM } }
`;
}

/** catalogue.yaml beside it: what no orchestrator knows, such as dashboards, deadlines and runbooks. */
export const demoCatalogue = `# Written by \`pitcrew demo\` at every start.
- { pipeline: raw_orders_import, feeds: [orders_daily] }
- pipeline: orders_daily
  deadline: "06:00"
  runbook: https://wiki.shop.example/runbooks/orders-daily
  feeds: ["table:warehouse.orders_daily", "dashboard:Orders today"]
- pipeline: revenue_daily
  deadline: "06:30"
  runbook: https://wiki.shop.example/runbooks/revenue-daily
  feeds: ["table:warehouse.revenue_daily", "dashboard:Revenue today"]
- { pipeline: revenue_forecast, deadline: "07:00", feeds: ["dashboard:Outlook of twelve weeks"] }
- { pipeline: board_report, deadline: "08:00", owner: mei@shop.example, feeds: ["dashboard:Board report"] }
- { pipeline: finance_close, deadline: "07:30", feeds: ["dashboard:Daily close"] }
- { pipeline: exchange_rates_hourly, feeds: [finance_close] }
- { pipeline: events_sessionize, feeds: [marketing_attribution] }
- { pipeline: marketing_attribution, deadline: "09:00", feeds: ["dashboard:Campaigns"] }
- { pipeline: store_visits_daily, deadline: "09:00", feeds: ["dashboard:Stores"] }
- { pipeline: customers_snapshot, feeds: ["dashboard:Customers"] }
`;
