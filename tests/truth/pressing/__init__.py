"""Every enabled button of every page, pressed as a person without JavaScript does, and judged by the Engine."""
