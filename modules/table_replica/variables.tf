variable "table_arn" {
  description = "The ARN of the table in its own region; the replica has its name, its indexes and its rows."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:dynamodb:[a-z0-9-]+:[0-9]{12}:table/", var.table_arn))
    error_message = "table_arn is not the ARN of a table. Give arn:aws:dynamodb:<region>:<account>:table/<name>."
  }
}

variable "key_arn" {
  description = "The KMS key of this region that encrypts the replica."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "protect" {
  description = "Whether AWS is to refuse the deletion of the replica."
  type        = bool
}
