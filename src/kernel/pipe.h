/// Pipes and FIFOs: a bounded ring of bytes between processes. Writers wait
/// while it is full, readers while it is empty; a write with no reader left is
/// SIGPIPE. Writes up to PIPE_BUF (4096) are atomic.
/// Source: POSIX pipe(), write(); Linux pipe(7).
#pragma once
#include <utility>

#include "kernel/file.h"

namespace nacre {

class Kernel;

std::pair<Ref<File>, Ref<File>> make_pipe(Kernel& kernel);  ///< reader, writer

/// open(2) of a FIFO node: waits for the other side unless O_NONBLOCK or O_RDWR.
Result<Ref<File>> open_fifo(Process& p, Node node, uint32_t flags);

}  // namespace nacre
