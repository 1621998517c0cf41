"""Getting the evidence to the endpoint, however long it takes."""
