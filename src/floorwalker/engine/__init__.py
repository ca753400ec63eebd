"""The one door to compute: open DuckDB or Spark, run a named SQL step, save it, stay inside the memory."""
