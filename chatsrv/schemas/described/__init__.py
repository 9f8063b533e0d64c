"""The documents for those who write clients: OpenAPI of the routes, AsyncAPI of the events, from what serves them."""
