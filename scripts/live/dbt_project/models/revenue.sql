select sum(amount) as total {{ var('extra_column', '') }} from {{ ref('orders') }}
