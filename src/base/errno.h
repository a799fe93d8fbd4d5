/// Errno: the error vocabulary of kernel, file systems and commands.
/// Values are Linux's, so that `$?`-style numbers and /proc agree with what
/// people know; the texts are glibc's, since every GNU message ends in one.
/// Source: POSIX <errno.h>; Linux asm-generic/errno.h.
#pragma once
#include <string_view>

namespace nacre {

// name, number, message
#define NACRE_ERRNO_LIST(X)                                         \
  X(PERM, 1, "Operation not permitted")                             \
  X(NOENT, 2, "No such file or directory")                          \
  X(SRCH, 3, "No such process")                                     \
  X(INTR, 4, "Interrupted system call")                             \
  X(IO, 5, "Input/output error")                                    \
  X(NXIO, 6, "No such device or address")                           \
  X(TOOBIG, 7, "Argument list too long")                            \
  X(NOEXEC, 8, "Exec format error")                                 \
  X(BADF, 9, "Bad file descriptor")                                 \
  X(CHILD, 10, "No child processes")                                \
  X(AGAIN, 11, "Resource temporarily unavailable")                  \
  X(NOMEM, 12, "Cannot allocate memory")                            \
  X(ACCES, 13, "Permission denied")                                 \
  X(FAULT, 14, "Bad address")                                       \
  X(BUSY, 16, "Device or resource busy")                            \
  X(EXIST, 17, "File exists")                                       \
  X(XDEV, 18, "Invalid cross-device link")                          \
  X(NODEV, 19, "No such device")                                    \
  X(NOTDIR, 20, "Not a directory")                                  \
  X(ISDIR, 21, "Is a directory")                                    \
  X(INVAL, 22, "Invalid argument")                                  \
  X(NFILE, 23, "Too many open files in system")                     \
  X(MFILE, 24, "Too many open files")                               \
  X(NOTTY, 25, "Inappropriate ioctl for device")                    \
  X(TXTBSY, 26, "Text file busy")                                   \
  X(FBIG, 27, "File too large")                                     \
  X(NOSPC, 28, "No space left on device")                           \
  X(SPIPE, 29, "Illegal seek")                                      \
  X(ROFS, 30, "Read-only file system")                              \
  X(MLINK, 31, "Too many links")                                    \
  X(PIPE, 32, "Broken pipe")                                        \
  X(DOM, 33, "Numerical argument out of domain")                    \
  X(RANGE, 34, "Numerical result out of range")                     \
  X(DEADLK, 35, "Resource deadlock avoided")                        \
  X(NAMETOOLONG, 36, "File name too long")                          \
  X(NOSYS, 38, "Function not implemented")                          \
  X(NOTEMPTY, 39, "Directory not empty")                            \
  X(LOOP, 40, "Too many levels of symbolic links")                  \
  X(OVERFLOW, 75, "Value too large for defined data type")          \
  X(ILSEQ, 84, "Invalid or incomplete multibyte or wide character") \
  X(OPNOTSUPP, 95, "Operation not supported")                       \
  X(TIMEDOUT, 110, "Connection timed out")                          \
  X(CONNREFUSED, 111, "Connection refused")                         \
  X(STALE, 116, "Stale file handle")                                \
  X(DQUOT, 122, "Disk quota exceeded")                              \
  X(CANCELED, 125, "Operation canceled")

enum class Errno : int {
  OK = 0,
#define X(name, number, text) name = number,
  NACRE_ERRNO_LIST(X)
#undef X
};

/// glibc's text: "No such file or directory". "Success" for OK.
std::string_view message(Errno e);
/// Symbolic name: "ENOENT".
std::string_view name(Errno e);

}  // namespace nacre
