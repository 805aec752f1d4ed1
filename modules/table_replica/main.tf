# In the region of the provider: a replica inside the table's own resource would be made and destroyed from the region
# of the table, and could not wait for the key of its own.
resource "aws_dynamodb_table_replica" "this" {
  global_table_arn            = var.table_arn
  kms_key_arn                 = var.key_arn
  point_in_time_recovery      = true
  deletion_protection_enabled = var.protect
}
