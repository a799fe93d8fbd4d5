/// library: shared libraries that are loaded when they are first needed, so that a
/// start does not pay for them. The host sets the loader; without one (or without
/// the library) the answer is null and the caller says what is missing.
#pragma once
#include <string_view>

namespace nacre {

/// Address of a symbol of a library by its file name ("libonig.so.5"). Threads: set once, before use.
using LibrarySymbol = void* (*)(const char* library, const char* symbol);
extern constinit LibrarySymbol library_symbol;

/// Bytes of a data file that comes with a library, by its name ("magic.mgc"): found at the first
/// call, kept, private to this process. Empty: there is none.
using LibraryData = std::string_view (*)(std::string_view name);
extern constinit LibraryData library_data;

/// Calls fn(fd, arg) with a descriptor of nameless memory that holds `bytes`, for libraries that
/// want to seek; `mode` are its permissions. False: the host has no such thing. Source: memfd_create(2).
using MemoryFile = bool (*)(std::string_view bytes, unsigned mode, void (*fn)(int fd, void* arg), void* arg);
extern constinit MemoryFile memory_file;

}  // namespace nacre
