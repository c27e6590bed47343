"""The data are in my Drive, folder flats."""
