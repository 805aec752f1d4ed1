variable "name" {
  description = "The name of the table, unique in its account and region."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.name))
    error_message = "name is \"${var.name}\". A table takes 3 to 255 letters, digits, hyphens, dots and underscores."
  }
}

variable "key_arn" {
  description = "The KMS key that encrypts the table, its indexes, its stream and its backups."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/", var.key_arn))
    error_message = "key_arn is not the ARN of a key. Give arn:aws:kms:<region>:<account>:key/<id>; an alias would let the key be exchanged unseen."
  }
}

variable "attributes" {
  description = "The attributes that keys are made of, of the table and of its indexes: name => string, number or binary."
  type        = map(string)

  validation {
    condition     = alltrue([for type in var.attributes : contains(["string", "number", "binary"], type)])
    error_message = "An attribute is of another type than string, number or binary: no key can be made of it."
  }

  validation {
    condition = toset(keys(var.attributes)) == toset(compact(concat(
      [var.key, var.sort], [for index in var.indexes : index.key], [for index in var.indexes : index.sort],
    )))
    error_message = "attributes names others than the keys do. DynamoDB takes those that the table's and the indexes' keys are made of, and no more."
  }
}

variable "key" {
  description = "The attribute by which rows are spread and found. Another one makes another table, empty."
  type        = string
}

variable "sort" {
  description = "The attribute by which rows with the same key are ordered; null for one row a key."
  type        = string
  default     = null
}

variable "indexes" {
  description = <<-EOT
    Other orders of the same rows, by name.
      key, sort:  the attributes that make the order.
      project:    what the index holds: all, keys, or some.
      attributes: with some, which besides the keys.
      capacity:   of a table with provisioned capacity, the units of the index.
  EOT
  type = map(object({
    key        = string
    sort       = optional(string)
    project    = optional(string, "all")
    attributes = optional(list(string))
    capacity   = optional(object({ read = number, write = number }))
  }))
  default = {}

  validation {
    condition     = length(var.indexes) <= 20
    error_message = "There are ${length(var.indexes)} indexes. A table takes 20."
  }

  validation {
    condition     = alltrue([for i in var.indexes : contains(["all", "keys", "some"], i.project) && (i.project == "some") == (i.attributes != null)])
    error_message = "An index holds all, keys, or some attributes that it names: project and attributes do not fit each other."
  }

  validation {
    condition     = alltrue([for i in var.indexes : (i.capacity == null) == (var.capacity == null)])
    error_message = "An index has capacity where its table has, and none where that is on demand."
  }
}

variable "capacity" {
  description = "Provisioned units of reading and writing, scaled between bounds to a share of them that is used; null for capacity on demand."
  type = object({
    read           = object({ min = number, max = number })
    write          = object({ min = number, max = number })
    target_percent = number
  })
  default = null

  validation {
    condition     = alltrue([for units in var.capacity == null ? [] : [var.capacity.read, var.capacity.write] : units.min >= 1 && units.max >= units.min])
    error_message = "The bounds of capacity begin at 1 unit and end where they begin or later."
  }

  validation {
    condition     = var.capacity == null || try(var.capacity.target_percent >= 20 && var.capacity.target_percent <= 90, false)
    error_message = "target_percent is not between 20 and 90, which is what DynamoDB scales to."
  }
}

variable "ttl" {
  description = "The attribute with the second, since 1970, at which a row ends; null for rows that stay."
  type        = string
  default     = null
}

variable "stream" {
  description = "Whether every change of a row is kept for a day for others to read: replicas need it."
  type        = bool
  default     = false
}

variable "protect" {
  description = "Whether AWS is to refuse the deletion of the table."
  type        = bool
}
