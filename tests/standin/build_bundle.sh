#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# build_bundle.sh OUTDIR [VERSION] [--sign]
# Build the stand-in's RPMs and put them with momentum.repo and setrepodir into a bundle like the vendor's:
#   OUTDIR/momentum-mta-bundle-VERSION.rhel9.x86_64.tar.gz and its .sha256
#   OUTDIR/openresty.tar.gz, a repository for /srv/openresty with the stand-in of OpenResty
# --sign: sign them with a key that is made now and thrown away; OUTDIR/RPM-GPG-KEY-standin-VERSION is its public half.
# Needs rpmbuild, createrepo_c and a C compiler (--sign: rpmsign and gpg as well). Reads its own directory, writes OUTDIR and a temporary directory.
set -eu

usage() { echo "usage: build_bundle.sh OUTDIR [VERSION] [--sign]" >&2; exit 2; }
out='' version='' sign=no
for argument; do
    case $argument in
        --sign) sign=yes ;;
        -*) usage ;;
        *) if [ -z "$out" ]; then out=$argument; elif [ -z "$version" ]; then version=$argument; else usage; fi ;;
    esac
done
[ -n "$out" ] || usage
version=${version:-5.3.0}
case $version in *[!0-9.]*) echo "build_bundle.sh: a version has digits and dots: $version" >&2; exit 2 ;; esac

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'GNUPGHOME=$work/gpg gpgconf --kill all >/dev/null 2>&1 || :; rm -rf "$work"' EXIT
top=momentum-mta-$version
umask 022

# A copy, because rpm takes the blanks in a path for separators.
cp -R "$here" "$work/source"
build() { # DIRECTORY SPEC [ARGUMENT...]
    directory=$1; shift
    rpmbuild -bb --quiet --define "_topdir $work/rpmbuild" --define "_rpmdir $directory" --define "_build_id_links none" --define "debug_package %{nil}" \
        --define "__os_install_post %{nil}" --define "standin_source $work/source" --define "standin_version $version" "$@"
}
# Until 5.1 there was a web server among the packages (changelog of 5.1.0).
case $version in [34].*|5.0|5.0.*) nginx=1 ;; *) nginx=0 ;; esac
for spec in "$here"/rpm/*.spec; do
    if [ $nginx = 1 ] || [ "${spec##*/}" != msys-nginx.spec ]; then build "$work/$top" "$spec" --define "standin_nginx $nginx"; fi
done
# Its successor comes from elsewhere: a repository of its own, as an archive.
build "$work/openresty" "$here/openresty/openresty.spec"
createrepo_c --quiet "$work/openresty"
printf '[openresty]\nname=OpenResty (stand-in for tests)\nbaseurl=file:///srv/openresty\nenabled=1\ngpgcheck=0\n' > "$work/openresty/openresty.repo"
tar -C "$work" --owner=0 --group=0 -czf "$out/openresty.tar.gz" openresty

sign_packages() {
    GNUPGHOME=$work/gpg
    GPG_TTY=none && export GNUPGHOME GPG_TTY
    mkdir -m 700 "$GNUPGHOME"
    name="Momentum stand-in (throw-away test key)"
    gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$name" rsa2048 sign never
    rpmsign --define "__gpg $(command -v gpg)" --define "_gpg_name $name" --addsign "$work/$top"/*/*.rpm >/dev/null
    gpg --batch --armor --export "$name" > "$out/RPM-GPG-KEY-standin-$version"
}
if [ "$sign" = yes ]; then sign_packages; fi

createrepo_c --quiet "$work/$top"
# As unkind to readers as a repository file may be: ends of lines of another system, a comment after the header, a value of two
# lines, and no end of the last line.
printf '%s\r\n' '[momentum] # stand-in for tests' 'name=Momentum (stand-in for tests)' 'baseurl=file:///path/to/repository' 'enabled=0' \
    'gpgkey=file:///nowhere' ' gpgcheck=1' > "$work/$top/momentum.repo"
printf 'gpgcheck=0' >> "$work/$top/momentum.repo"
cat > "$work/$top/setrepodir" <<'SET'
#!/bin/sh
# Write into momentum.repo where this directory lies. A stand-in: what the vendor's setrepodir does inside is not documented, so it has to be
# run as the manual has it, by this name in this directory.
set -eu
[ "$0" = ./setrepodir ] || { echo "setrepodir: change to its directory and run ./setrepodir" >&2; exit 1; }
sed -i "s#^baseurl=.*#baseurl=file://$(pwd)#" momentum.repo
SET
chmod 755 "$work/$top/setrepodir"

bundle=momentum-mta-bundle-$version.rhel9.x86_64.tar.gz
tar -C "$work" --owner=0 --group=0 -czf "$work/$bundle" "$top"
mv "$work/$bundle" "$out/$bundle"
(cd "$out" && sha256sum "$bundle" > "$bundle.sha256")
echo "$out/$bundle"
