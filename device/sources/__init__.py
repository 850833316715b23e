"""Where pictures and sound come from: devices, files and streams behind two small interfaces."""
