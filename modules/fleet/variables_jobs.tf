variable "jobs" {
  description = "Queue that the nodes take jobs from, or null. dead_letters: queue of the jobs that were begun attempts times and never ended. nodes: how many work on one job. elastic: let what waits in the queue decide how many nodes there are."
  type = object({
    queue        = string
    dead_letters = string
    attempts     = number
    nodes        = number
    elastic      = bool
  })
  default = null

  validation {
    condition     = var.jobs == null ? true : alltrue([for n in [var.jobs.queue, var.jobs.dead_letters] : can(regex("^[A-Za-z0-9_-]{1,80}$", n))])
    error_message = "A queue's name has 1 to 80 letters, digits, hyphens and underscores."
  }

  # SQS allows 1 to 1000.
  validation {
    condition     = var.jobs == null ? true : var.jobs.attempts >= 1 && var.jobs.attempts <= 1000 && floor(var.jobs.attempts) == var.jobs.attempts
    error_message = "A job is begun 1 to 1000 times."
  }

  validation {
    condition     = var.jobs == null ? true : var.jobs.nodes >= 1 && var.jobs.nodes <= var.size.max && floor(var.jobs.nodes) == var.jobs.nodes
    error_message = "A job has at least one node, and no more than the group."
  }
}

variable "spare" {
  description = "Name of a second group, of on-demand nodes, which stands in where the first one has lacked nodes for after_minutes and steps back where it has not; null for none."
  type = object({
    name          = string
    after_minutes = number
  })
  default = null

  validation {
    condition     = var.spare == null ? true : can(regex("^[a-z][a-z0-9-]{1,62}$", var.spare.name)) && try(var.spare.name, "") != var.name
    error_message = "A name is 2 to 63 lower-case letters, digits and hyphens, starts with a letter, and is another than the first group's."
  }

  # An alarm looks back over a day at most.
  validation {
    condition     = var.spare == null ? true : var.spare.after_minutes >= 5 && var.spare.after_minutes <= 1440 && floor(var.spare.after_minutes) == var.spare.after_minutes
    error_message = "The second group steps in after 5 to 1440 minutes."
  }
}
