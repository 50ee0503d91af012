/* A disk that fails when a test says so: preloaded into a program (LD_PRELOAD), it stands between the program and what it
 * writes, and fails, delays or ends the program at the n-th write or flush of the files, and the Unix sockets, whose path holds
 * a given text. Of the tests only; nothing of Sluis is built with it. mod.rs is the other side. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Shared with the test; word for word as in mod.rs. */
struct control {
    volatile uint32_t how;   /* one of the below; 0: nothing happens */
    volatile uint32_t of;    /* 1 writes, 2 flushes, 3 both */
    volatile uint32_t nth;   /* at which of them, from 1 */
    volatile uint32_t stays; /* whether it also happens at all that come after */
    volatile uint32_t error; /* the errno, or milliseconds */
    volatile uint32_t seen;  /* how many there were */
    volatile uint32_t hit;   /* at how many it happened */
    uint32_t spare;
    char path[224];
};
enum { FAIL = 1, DONE_THEN_FAIL, HALF_THEN_FAIL, DELAY, KILL, DONE_THEN_KILL };
enum { WRITE = 1, FLUSH = 2 };

static struct control *control;

__attribute__((constructor)) static void attach(void) {
    const char *name = getenv("SLUIS_TEST_DISK");
    int fd = name ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at != MAP_FAILED) control = at;
}

static int concerns(int fd) {
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    if (strncmp(path, "socket:", 7) == 0) {
        struct sockaddr_un peer;
        socklen_t size = sizeof peer;
        memset(&peer, 0, sizeof peer);
        if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0 || peer.sun_family != AF_UNIX) return 0;
        snprintf(path, sizeof path, "%s", peer.sun_path);
    }
    return strstr(path, control->path) != NULL;
}

/* What is to happen at this one. */
static int what(int of, int fd) {
    if (!control || !control->how || !(control->of & of) || !concerns(fd)) return 0;
    uint32_t n = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
    if (n < control->nth || (n > control->nth && !control->stays)) return 0;
    int how = (int)control->how;
    if (how == HALF_THEN_FAIL && n > control->nth) how = FAIL;
    __atomic_add_fetch(&control->hit, 1, __ATOMIC_SEQ_CST);
    return how;
}

static void delay(void) {
    struct timespec left = {control->error / 1000, (long)(control->error % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

static long failed(void) {
    errno = (int)control->error;
    return -1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* `part`: the same call for half of it. */
#define STAND_BETWEEN(of, fd, call, part)                    \
    do {                                                     \
        int how = what(of, fd);                              \
        if (how == KILL) kill(getpid(), SIGKILL);            \
        if (how == FAIL) return failed();                    \
        if (how == HALF_THEN_FAIL) return part;              \
        if (how == DELAY) delay();                           \
        __typeof__(call) done = call;                        \
        if (how == DONE_THEN_KILL) kill(getpid(), SIGKILL);  \
        if (how == DONE_THEN_FAIL) return failed();          \
        return done;                                         \
    } while (0)

#define HALF(length) ((length) > 1 ? (length) / 2 : (length))

ssize_t write(int fd, const void *from, size_t length) {
    STAND_BETWEEN(WRITE, fd, REAL(write)(fd, from, length), REAL(write)(fd, from, HALF(length)));
}
ssize_t pwrite(int fd, const void *from, size_t length, off_t at) {
    STAND_BETWEEN(WRITE, fd, REAL(pwrite)(fd, from, length, at), REAL(pwrite)(fd, from, HALF(length), at));
}
ssize_t pwrite64(int fd, const void *from, size_t length, off64_t at) {
    STAND_BETWEEN(WRITE, fd, REAL(pwrite64)(fd, from, length, at), REAL(pwrite64)(fd, from, HALF(length), at));
}
ssize_t writev(int fd, const struct iovec *from, int count) {
    STAND_BETWEEN(WRITE, fd, REAL(writev)(fd, from, count), REAL(writev)(fd, from, 1));
}
ssize_t pwritev(int fd, const struct iovec *from, int count, off_t at) {
    STAND_BETWEEN(WRITE, fd, REAL(pwritev)(fd, from, count, at), REAL(pwritev)(fd, from, 1, at));
}
ssize_t pwritev64(int fd, const struct iovec *from, int count, off64_t at) {
    STAND_BETWEEN(WRITE, fd, REAL(pwritev64)(fd, from, count, at), REAL(pwritev64)(fd, from, 1, at));
}
ssize_t send(int fd, const void *from, size_t length, int flags) {
    STAND_BETWEEN(WRITE, fd, REAL(send)(fd, from, length, flags), REAL(send)(fd, from, HALF(length), flags));
}
int fallocate(int fd, int mode, off_t at, off_t length) {
    STAND_BETWEEN(WRITE, fd, REAL(fallocate)(fd, mode, at, length), (int)failed());
}
int fallocate64(int fd, int mode, off64_t at, off64_t length) {
    STAND_BETWEEN(WRITE, fd, REAL(fallocate64)(fd, mode, at, length), (int)failed());
}
/* These give the error itself. */
int posix_fallocate(int fd, off_t at, off_t length) {
    int how = what(WRITE, fd);
    return how == FAIL || how == HALF_THEN_FAIL ? (int)control->error : REAL(posix_fallocate)(fd, at, length);
}
int posix_fallocate64(int fd, off64_t at, off64_t length) {
    int how = what(WRITE, fd);
    return how == FAIL || how == HALF_THEN_FAIL ? (int)control->error : REAL(posix_fallocate64)(fd, at, length);
}
int fsync(int fd) { STAND_BETWEEN(FLUSH, fd, REAL(fsync)(fd), (int)failed()); }
int fdatasync(int fd) { STAND_BETWEEN(FLUSH, fd, REAL(fdatasync)(fd), (int)failed()); }
