/*
 * Puts a program's clock ahead: built as a shared library and preloaded, it adds the seconds in the file TEST_CLOCK (eight
 * bytes, of the machine's own order) to CLOCK_REALTIME. The file is mapped, so that a test moves the clock while the program
 * runs. libfaketime does the same, but asks the allocator for memory, and ours asks for the time before it gives any.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile const int64_t *ahead_secs;

__attribute__((constructor)) static void map_clock(void) {
    const char *path = getenv("TEST_CLOCK");
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) ahead_secs = mapped;
}

int clock_gettime(clockid_t which, struct timespec *time) {
    int status = (int)syscall(SYS_clock_gettime, which, time);
    if (status == 0 && which == CLOCK_REALTIME && ahead_secs != NULL) time->tv_sec += *ahead_secs;
    return status;
}
