output "id" {
  description = "The id of the file system."
  value       = aws_fsx_lustre_file_system.this.id
}

output "source" {
  description = "What clients mount, once its buckets are linked: <DNS name>@tcp:/<mount name>."
  value       = "${aws_fsx_lustre_file_system.this.dns_name}@tcp:/${aws_fsx_lustre_file_system.this.mount_name}"
  depends_on  = [aws_fsx_data_repository_association.this]
}

output "directory" {
  description = "The root of the file system as SageMaker mounts it, once its buckets are linked: a slash and the mount name."
  value       = "/${aws_fsx_lustre_file_system.this.mount_name}"
  depends_on  = [aws_fsx_data_repository_association.this]
}

output "security_group_id" {
  description = "The group of the servers, for the rules of those who mount it."
  value       = aws_security_group.this.id
}
