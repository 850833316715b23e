#!/bin/sh
# Installs the Debian packages that a purpose needs, and nothing that is there already.
#
#   requirements/system.sh demo|test
#
# As root it calls apt-get, else apt-get through sudo; where neither can be had it says in one sentence what to do.
set -eu

purpose=${1:-}
case $purpose in
demo | test) ;;
*)
    echo "usage: requirements/system.sh demo|test" >&2
    exit 2
    ;;
esac

missing=""
need() { missing="$missing $1"; }
has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ]; }
has_library() { find /usr/lib /usr/local/lib /lib -name "$1*" 2>/dev/null | grep -q .; }

has mosquitto || need mosquitto
has_library libportaudio.so.2 || need libportaudio2
has npm || need npm
has node || need nodejs
python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || need python3-venv
# OpenCV's wheel draws windows and links what that takes.
has_library libGL.so.1 || need libgl1
has_library libgthread-2.0.so.0 || need libglib2.0-0
has setpriv || need util-linux

if [ "$purpose" = test ]; then
    has chromium || need chromium
    has chromium-headless-shell || need chromium-headless-shell
    has ffprobe || need ffmpeg
    has ps || need procps
    has sshd || need openssh-server
    has ssh || need openssh-client
    has systemd-analyze || need systemd
    find /usr/lib/postgresql -name initdb 2>/dev/null | grep -q . || need postgresql
    has_library libnss3.so || need libnss3
    has softhsm2-util || need softhsm2
    # GStreamer's RTSP server and its parts, under Debian's own Python; and a sound server with microphones made up.
    [ -x /usr/bin/python3 ] || need python3
    /usr/bin/python3 -c 'import gi' >/dev/null 2>&1 || need python3-gi
    find /usr/lib -name 'GstRtspServer-1.0.typelib' 2>/dev/null | grep -q . || need gir1.2-gst-rtsp-server-1.0
    has_library libgstapp.so || need gstreamer1.0-plugins-base
    has_library libgstrtp.so || need gstreamer1.0-plugins-good
    has_library libgstvideoparsersbad.so || need gstreamer1.0-plugins-bad
    has pulseaudio || need pulseaudio
    has pactl || need pulseaudio-utils
    has_library libasound_module_pcm_pulse.so || need libasound2-plugins
    find /usr/share/fonts -name 'DejaVuSans.ttf' 2>/dev/null | grep -q . || need fonts-dejavu-core
fi

[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root="sudo"
else
    echo "Lapel needs these Debian packages; install them as root with: apt-get install$missing" >&2
    exit 1
fi
if ! has apt-get; then
    echo "Lapel needs the equivalents of these Debian packages, and this system has no apt-get:$missing" >&2
    exit 1
fi

echo "Installing from Debian:$missing"
# An index that is missing or old makes the first install fail: then fetch it and try once more.
install() {
    # shellcheck disable=SC2086 # the list is meant to split, and so is an empty sudo
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
install 2>/dev/null || { $as_root apt-get update -qq && install; } || {
    echo "Debian's packages could not be installed; see the lines above, then run this again." >&2
    exit 1
}
