"""Writing down what was decided: the root module, user data, the output tree."""
