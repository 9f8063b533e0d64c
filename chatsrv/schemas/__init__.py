"""What each thing looks like from outside, one module a resource: for REST, push and the documentation alike."""
