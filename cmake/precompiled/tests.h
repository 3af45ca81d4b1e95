// For unit tests.
#pragma once

#include "precompiled/standard.h"
#include "shelf/v1/availability.pb.h"
#include "shelf/v1/reference.pb.h"
#include "shelf/v1/stock_event.pb.h"
#include "support/catch.h"
