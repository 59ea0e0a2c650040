"""Every sentence that people see is translated."""
