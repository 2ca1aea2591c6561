#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes /root/extra/{unsigned,signed}.tar.gz and key.asc: bundles of one small package, msys-test-extra, and the key of one of them.
set -eu
umask 0022
rm -rf /root/extra
mkdir -p /root/extra/bundle
cd /root/extra
cat > extra.spec <<'SPEC'
Name: msys-test-extra
Version: 5.3
Release: 3
Summary: A package that only the tests know
License: GPL-3.0-or-later
BuildArch: noarch
AutoReqProv: no
%description
A package that only the tests know.
%files
SPEC
rpmbuild -bb --quiet --define "_topdir /root/extra/build" --define "_rpmdir /root/extra/bundle" extra.spec
cat > bundle/momentum.repo <<'REPO'
[momentum]
name=Momentum
baseurl=file:///nowhere
enabled=0
gpgcheck = 0
REPO
cat > bundle/setrepodir <<'SET'
#!/bin/sh
sed -i "s#^baseurl=.*#baseurl=file://$PWD#" momentum.repo
SET
chmod 0755 bundle/setrepodir
createrepo_c --quiet bundle
tar -czf unsigned.tar.gz bundle
export GNUPGHOME=/root/extra/keys
mkdir -m 0700 keys
gpg --batch --quiet --passphrase '' --quick-gen-key 'Test <test@example.com>' rsa2048 sign never
gpg --batch --quiet --armor --export test@example.com > key.asc
rpmsign --define '_gpg_name test@example.com' --define '__gpg /usr/bin/gpg' --addsign bundle/noarch/*.rpm
createrepo_c --quiet bundle
tar -czf signed.tar.gz bundle
