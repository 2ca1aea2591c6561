/* SPDX-License-Identifier: GPL-3.0-or-later
 * Run PREFIX/lib/NAME.py, where this file is PREFIX/sbin/NAME or PREFIX/bin/NAME, with the libpython of the node.
 *
 * The stand-in is written in Python, but a daemon and its monitor are real executables, as the vendor's are: the kernel has to
 * show sbin/ecelerity as /proc/PID/exe, not an interpreter. The library is looked for when the program starts, so that packages
 * built with one version of Python run with another.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So that the executables of two versions differ, as the vendor's do. */
static const char version[] = VERSION;

typedef int (*run_python)(int, char **);

static run_python find_python(void)
{
    char name[64];
    int minor;
    for (minor = 30; minor >= 8; minor--) { /* Py_BytesMain is there since 3.8 */
        snprintf(name, sizeof name, "libpython3.%d.so.1.0", minor);
        /* Global: extension modules take their symbols from it. */
        void *library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
        if (library != NULL)
            return (run_python)dlsym(library, "Py_BytesMain");
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static char program[PATH_MAX], script[PATH_MAX + 16];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    char *name = length > 0 ? strrchr(program, '/') : NULL;
    char **words = calloc(argc + 2, sizeof *words);
    run_python python = find_python();
    if (name == NULL || words == NULL || python == NULL) {
        fprintf(stderr, "%s (stand-in %s): needs /proc and a libpython\n", argv[0], version);
        return 127;
    }
    *name++ = '\0';
    char *directory = strrchr(program, '/');
    if (directory != NULL)
        *directory = '\0';
    snprintf(script, sizeof script, "%s/lib/%s.py", program, name);
    words[0] = argv[0];
    words[1] = script;
    memcpy(words + 2, argv + 1, (argc - 1) * sizeof *words);
    return python(argc + 1, words);
}
