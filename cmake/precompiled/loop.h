// For files around the worker.
#pragma once

#include "loop/worker.h"
#include "precompiled/standard.h"
#include "shelf/v1/availability.pb.h"
#include "shelf/v1/reference.pb.h"
#include "shelf/v1/stock_event.pb.h"
