"""Why a score is what it is: log-odds taken apart into features, and told in words."""
