locals {
  # LNET, between servers and clients and among the servers.
  ports = { lnet = { from = 988, to = 988 }, more = { from = 1018, to = 1023 } }

  persistent = var.throughput_per_tib != null

  # FSx backs up no file system that is linked to a bucket: what matters lies there.
  backed_up = local.persistent && length(var.repositories) == 0
}

resource "aws_security_group" "this" {
  # Not the name alone: a host may have it.
  name        = "${var.name}-mounts"
  description = "Traffic of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-mounts" }
}

# Who mounts it brings the rules that let it in. FSx refuses a group that lets its servers not talk to each other.
resource "aws_vpc_security_group_ingress_rule" "servers" {
  for_each = local.ports

  security_group_id            = aws_security_group.this.id
  description                  = "Between the servers"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} servers" }
}

resource "aws_vpc_security_group_egress_rule" "servers" {
  for_each = local.ports

  security_group_id            = aws_security_group.this.id
  description                  = "Between the servers"
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to
  referenced_security_group_id = aws_security_group.this.id
  tags                         = { Name = "${var.name} servers" }
}

resource "aws_fsx_lustre_file_system" "this" {
  storage_capacity            = var.size_gib
  storage_type                = "SSD"
  deployment_type             = local.persistent ? "PERSISTENT_2" : "SCRATCH_2"
  per_unit_storage_throughput = var.throughput_per_tib
  file_system_type_version    = "2.15"
  data_compression_type       = "LZ4"
  subnet_ids                  = [var.subnet_id]
  security_group_ids          = [aws_security_group.this.id]

  # FSx encrypts scratch too, with a key of its own and no other.
  kms_key_id = local.persistent ? var.key_arn : null

  automatic_backup_retention_days = local.backed_up ? 7 : 0
  copy_tags_to_backups            = local.backed_up
  skip_final_backup               = !(local.backed_up && var.protect)

  tags = { Name = var.name }

  depends_on = [
    aws_vpc_security_group_ingress_rule.servers,
    aws_vpc_security_group_egress_rule.servers,
  ]
}

# Lists what is in the bucket at once, fetches it when it is read. FSx makes a service-linked role for each file system,
# to which the keys of the system's buckets are open.
resource "aws_fsx_data_repository_association" "this" {
  for_each = var.repositories

  file_system_id                   = aws_fsx_lustre_file_system.this.id
  data_repository_path             = "s3://${each.value.bucket}"
  file_system_path                 = "/${each.key}"
  batch_import_meta_data_on_create = each.value.loads
  delete_data_in_filesystem        = false
  tags                             = { Name = "${var.name} ${each.key}" }

  s3 {
    dynamic "auto_import_policy" {
      for_each = each.value.loads ? ["loads"] : []

      content {
        events = ["CHANGED", "DELETED", "NEW"]
      }
    }

    # Nothing that is deleted here is deleted there.
    dynamic "auto_export_policy" {
      for_each = each.value.exports ? ["exports"] : []

      content {
        events = ["CHANGED", "NEW"]
      }
    }
  }
}
