from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def keep_checkpoints(apps: Any, _schema_editor: Any) -> None:
    """What receipts held moves to its own table; a session's first key is due where none was."""
    checkpoint = apps.get_model("proctor_desktop_endpoint", "Checkpoint")
    receipts = apps.get_model("proctor_desktop_endpoint", "Receipt").objects
    checkpoint.objects.bulk_create(
        checkpoint(session_id=one.session_id, seq=one.seq, envelope=one.checkpoint)
        for one in receipts.iterator()
    )
    apps.get_model("proctor_desktop_endpoint", "Session").objects.update(due_key=F("session_key"))


class Migration(migrations.Migration):
    dependencies = [("proctor_desktop_endpoint", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="due_key",
            field=models.CharField(
                default="",
                help_text="The only key (hex) that may sign the next checkpoint.",
                max_length=64,
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="session",
            name="session_key",
            field=models.CharField(
                help_text="The public key (hex) that signs first in this session.",
                max_length=64,
            ),
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "seq",
                    models.BigIntegerField(help_text="The last record that it covers."),
                ),
                ("envelope", models.BinaryField(help_text="The envelope as received.")),
                (
                    "session",
                    models.ForeignKey(
                        help_text="Whose chain.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="checkpoints",
                        to="proctor_desktop_endpoint.session",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="checkpoint",
            constraint=models.UniqueConstraint(
                fields=("session", "seq"), name="pde_checkpoint_once_a_seq"
            ),
        ),
        migrations.RunPython(keep_checkpoints, migrations.RunPython.noop),
        migrations.RemoveField(model_name="receipt", name="checkpoint"),
    ]
