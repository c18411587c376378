"""Who the customers are, and what their lives are like: when they come, buy and leave."""
