/// library: shared libraries that are loaded when they are first needed, so that a
/// start does not pay for them. The host sets the loader; without one (or without
/// the library) the answer is null and the caller says what is missing.
#pragma once

namespace nacre {

/// Address of a symbol of a library by its file name ("libonig.so.5"). Threads: set once, before use.
using LibrarySymbol = void* (*)(const char* library, const char* symbol);
extern constinit LibrarySymbol library_symbol;

}  // namespace nacre
