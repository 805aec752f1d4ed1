# APIs that are called, by identity. AWS gives them their ids, so this stands apart from what is known by name before.

variable "apis" {
  description = "APIs that are called: name => what the role may do there."
  type = map(object({
    statements = list(object({
      sid       = string
      actions   = list(string)
      resources = list(string)
    }))
  }))
  default = {}

  validation {
    condition     = alltrue([for s in flatten(values(var.apis)[*].statements) : !strcontains(join(" ", s.actions), "*")])
    error_message = "Actions are named one by one, without wildcards."
  }
}

resource "aws_iam_role_policy" "web_apis" {
  for_each = var.apis

  name = "api-${each.key}"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      for s in each.value.statements : { Sid = s.sid, Effect = "Allow", Action = s.actions, Resource = s.resources }
    ]
  })
}
