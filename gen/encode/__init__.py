"""Video and image files: films as MP4, GIF and PNG poster."""
