variable "name" {
  description = "The name of the stream, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,128}$", var.name))
    error_message = "name is \"${var.name}\". A stream takes 1 to 128 letters, digits, hyphens, dots and underscores."
  }
}

variable "key_arn" {
  description = "The KMS key that encrypts the records."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "shards" {
  description = "The number of shards, each for 1 MB a second in and 2 out; null for capacity on demand."
  type        = number
  default     = null

  validation {
    condition     = var.shards == null || try(var.shards >= 1 && var.shards <= 10000 && floor(var.shards) == var.shards, false)
    error_message = "shards is not a whole number from 1 to 10000."
  }
}

variable "retention_hours" {
  description = "How long a record can be read, in hours."
  type        = number

  validation {
    condition     = var.retention_hours >= 24 && var.retention_hours <= 8760 && floor(var.retention_hours) == var.retention_hours
    error_message = "retention_hours is ${var.retention_hours}. Kinesis keeps records for 24 to 8760 whole hours."
  }
}

variable "consumers" {
  description = "Names of consumers that read at a speed of their own, 2 MB a second and shard (enhanced fan-out), paid by the hour and shard."
  type        = set(string)
  default     = []

  validation {
    condition     = length(var.consumers) <= 20 && alltrue([for name in var.consumers : can(regex("^[A-Za-z0-9_.-]{1,128}$", name))])
    error_message = "consumers are at most 20 names of 1 to 128 letters, digits, hyphens, dots and underscores."
  }
}

variable "protect" {
  description = "Whether the stream stays while somebody is registered with it whom this module does not know."
  type        = bool
}
