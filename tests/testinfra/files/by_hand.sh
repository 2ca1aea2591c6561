#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What an installation by hand leaves behind. Each line is undone or judged by a test.
set -eu
# Where the vendor keeps the credentials by default, and the records of its installer.
install -d -m 0755 /opt/msys/etc
conf=/opt/msys/ecelerity/etc/conf
# As in the vendor's samples: every local account commands the daemon.
sed -i 's/File_Mode = "0660"/File_Mode = "0666"/' $conf/default/ecelerity.conf
grep -q 'File_Mode = "0666"' $conf/default/ecelerity.conf
# As the manual has it: the configuration belongs to ecuser.
chown -R ecuser:ecuser $conf
chmod -R u=rwX,go=rX $conf
echo '# Datasource with a password' > $conf/default/ecdb.conf
chmod 0644 $conf/default/ecdb.conf
systemctl start ecelerity
# What the 4.2 bootstrap does.
chgrp ecuser /opt/msys/ecelerity/etc
chmod 2775 /opt/msys/ecelerity/etc
# Under root's umask 0027, while the daemon runs: a directory and a file that ecuser cannot read, included by the main file.
umask 0027
mkdir $conf/default/policy
echo 'Max_Recipients_Per_Batch = 77' > $conf/default/policy/batch.conf
echo 'include "policy/batch.conf"' >> $conf/default/ecelerity.conf
echo 'umask 0027' >> /root/.bashrc
