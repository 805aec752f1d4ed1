"""What moto lacks of AWS Backup, seen through boto3."""

from __future__ import annotations

from landform.rehearse.embedded import EmbeddedAws


def test_a_vault_says_that_it_keeps_nothing() -> None:
    """Outside of production the provider looks for what to delete before it lets a vault go."""
    with EmbeddedAws("111122223333") as aws:
        backup = aws.client("backup", "us-east-1")
        backup.create_backup_vault(BackupVaultName="kept")
        assert backup.list_recovery_points_by_backup_vault(BackupVaultName="kept")["RecoveryPoints"] == []
