variable "iam_path" {
  description = "Path of the roles here, and of what goes with them."
  type        = string
  default     = "/"

  # IAM API, CreateRole: Path.
  validation {
    condition     = can(regex("^/([!-~]+/)?$", var.iam_path)) && length(var.iam_path) <= 512
    error_message = "A path begins and ends with a slash and has at most 512 characters."
  }
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds what the roles here may ever do. null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary == null ? true : can(regex("^arn:aws:iam::([0-9]{12}|aws):policy/", var.permissions_boundary))
    error_message = "A boundary is given by the ARN of a policy."
  }
}
