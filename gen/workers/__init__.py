"""Run jobs in local processes or on a Dask cluster."""
