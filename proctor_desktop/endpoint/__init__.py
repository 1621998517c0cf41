"""The Django app that receives evidence."""
