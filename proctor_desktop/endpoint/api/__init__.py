"""The REST API: thin views over the app's functions, with everything that DRF needs beside them."""
