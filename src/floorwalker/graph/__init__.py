"""Ring search, components, trusses. Arrays in, arrays out; knows nothing of ours."""
