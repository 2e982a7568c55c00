"""`make demo`: a campaign travels, on a simulated DAM and Box but a real database, Prefect server and worker."""
