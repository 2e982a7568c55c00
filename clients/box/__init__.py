"""Box: folders, files and chunked uploads as the service account of a JWT app."""
