"""From the plan to the root module: one function for each kind of component, no decision left."""
