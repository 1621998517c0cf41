from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("proctor_desktop_endpoint", "0002_checkpoints"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="late_at",
            field=models.DateTimeField(
                help_text="When it was first brought as an export, not sent by its client.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="token",
            name="late",
            field=models.BooleanField(
                default=False, help_text="Given for an export: it can only deliver what is in it."
            ),
        ),
    ]
